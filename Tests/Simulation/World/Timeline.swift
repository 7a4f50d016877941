package import RefundPolicy

/// The one thread of a simulated world: what is to happen, in the order of time and, at one time, of asking.
package final class Timeline {
    private struct Entry {
        let at: Int64
        let sequence: UInt64
        let action: () -> Void

        func isBefore(_ other: Entry) -> Bool { at != other.at ? at < other.at : sequence < other.sequence }
    }

    /// The true time, which no clock of the world needs to agree with.
    package private(set) var now: Instant
    /// How many things have happened.
    private(set) var steps = 0
    private var heap: [Entry] = []
    private var sequence: UInt64 = 0

    package init(start: Instant) {
        now = start
    }

    /// Whether nothing more is to happen.
    package var isEmpty: Bool { heap.isEmpty }

    /// Lets something happen that much later.
    package func after(_ wait: Duration, _ action: @escaping () -> Void) {
        at(now + max(.zero, wait), action)
    }

    package func at(_ instant: Instant, _ action: @escaping () -> Void) {
        sequence += 1
        heap.append(Entry(at: max(instant, now).microsecondsSinceEpoch, sequence: sequence, action: action))
        rise(heap.count - 1)
    }

    /// Lets everything happen up to `end`, until `isOver` says that it is enough.
    package func run(until end: Instant, unless isOver: () -> Bool) {
        while let next = heap.first, next.at <= end.microsecondsSinceEpoch, !isOver() {
            removeFirst()
            now = Instant(microsecondsSinceEpoch: next.at)
            steps += 1
            next.action()
        }
        if !isOver() { now = max(now, end) }
    }

    private func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        sink(0)
    }

    private func rise(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].isBefore(heap[parent]) else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
