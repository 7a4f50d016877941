internal import DequeModule
internal import RefundMessages

/// What waits to be published, in its order. Where the queue of one kind of message settles nothing, what follows of that
/// kind is put aside, so that it keeps no other waiting.
struct PublicationQueue {
    private var ready: Deque<Publication> = []
    /// By their kind; dead letters have none. No deque is empty.
    private var aside: [OutboundType?: Deque<Publication>] = [:]

    private static let kinds: [OutboundType?] = OutboundType.allCases + [nil]

    var count: Int { aside.values.reduce(ready.count) { $0 + $1.count } }
    var isEmpty: Bool { ready.isEmpty && aside.isEmpty }

    /// How many may go out, as far as it is known of their kinds.
    func count(where hasRoom: (OutboundType?) -> Bool) -> Int {
        aside.reduce(ready.count) { hasRoom($1.key) ? $0 + $1.value.count : $0 }
    }

    mutating func append(_ publication: Publication) { ready.append(publication) }

    /// Puts back what has come of a connection that is lost, before all that waits. What moves money and access comes first:
    /// each kind is to show that it gets out.
    mutating func putBack(_ publications: [Publication]) {
        let again = publications + PublicationQueue.kinds.flatMap { aside[$0].map(Array.init) ?? [] }
        aside = [:]
        ready.prepend(contentsOf: again.filter(\.isCommand) + again.filter { !$0.isCommand })
    }

    /// The next of a kind that has room.
    mutating func next(where hasRoom: (OutboundType?) -> Bool) -> Publication? {
        for kind in aside.isEmpty ? [] : PublicationQueue.kinds where aside[kind] != nil && hasRoom(kind) {
            let next = aside[kind]?.popFirst()
            if aside[kind]?.isEmpty == true { aside[kind] = nil }
            return next
        }
        while let publication = ready.popFirst() {
            if hasRoom(publication.type) { return publication }
            aside[publication.type, default: []].append(publication)
        }
        return nil
    }

    /// Takes all out that are such.
    mutating func removeAll(where isSuch: (Publication) -> Bool) -> [Publication] {
        var removed = ready.filter(isSuch)
        if !removed.isEmpty { ready.removeAll(where: isSuch) }
        for kind in aside.isEmpty ? [] : PublicationQueue.kinds {
            guard let waiting = aside[kind] else { continue }
            removed += waiting.filter(isSuch)
            let kept = waiting.filter { !isSuch($0) }
            aside[kind] = kept.isEmpty ? nil : Deque(kept)
        }
        return Array(removed)
    }
}
