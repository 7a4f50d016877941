/// Events that came while something else was waited for, in order, up to a limit.
struct EventQueue {
    /// The most events that may wait.
    static let limit = 65_536

    private var events: [Event] = []
    private var next = 0

    var isEmpty: Bool { next == events.count }

    /// Adds an event; `false` if the queue is full.
    mutating func append(_ event: Event) -> Bool {
        guard events.count - next < Self.limit else { return false }
        events.append(event)
        return true
    }

    /// Takes the oldest event.
    mutating func removeFirst() -> Event? {
        guard next < events.count else { return nil }
        let event = events[next]
        next += 1
        if next == events.count {
            events.removeAll(keepingCapacity: next <= 1024)
            next = 0
        }
        return event
    }

    /// Drops what belongs to a channel and keeps what belongs to the connection.
    mutating func keepOnlyAlarms() {
        events = events[next...].filter { event in
            switch event {
            case .blocked, .unblocked: true
            case .delivery, .confirmed, .returned, .consumerStarted, .consumerCancelled: false
            }
        }
        next = 0
    }
}
