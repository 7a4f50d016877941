internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundService

/// A worker's state as one JSON object, for the console and for scripts.
struct StatusDocument {
    let text: String

    init(_ watch: WorkerWatch) {
        let reasons = watch.unreadiness
        var writer = JSONWriter(capacity: 1_024)
        writer.beginObject()
        writer.string("worker", watch.name)
        writer.string("version", "\(BuildInformation.current)")
        writer.instant("started_at", watch.startedAt)
        writer.boolean("ready", reasons.isEmpty)
        writer.name("notes")
        writer.beginArray()
        for note in watch.clockNotes { writer.string(note) }
        writer.endArray()
        writer.name("lanes")
        writer.beginArray()
        for lane in watch.lanes {
            writer.beginObject()
            writer.string("name", lane.name)
            writer.string("state", lane.state.rawValue)
            writer.instant("since", lane.since)
            writer.name("reasons")
            writer.beginArray()
            for reason in lane.reasons { writer.string(reason) }
            writer.endArray()
            writer.name("notes")
            writer.beginArray()
            for note in lane.notes { writer.string(note) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        if let brake = watch.brake { writer.brake(brake) }
        writer.endObject()
        text = String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

extension JSONWriter {
    /// The fleet's brake.
    fileprivate mutating func brake(_ brake: SeenBrake) {
        name("payouts")
        beginObject()
        boolean("paused", brake.pause != nil)
        if let pause = brake.pause {
            string("pause", pause.id.text)
            instant("since", pause.since)
            string("by", pause.by.by)
            string("user", ifPresent: pause.by.user)
            string("note", pause.note)
        }
        integer("withheld", Int64(brake.withheld))
        instant("seen_at", brake.at)
        endObject()
    }
}
