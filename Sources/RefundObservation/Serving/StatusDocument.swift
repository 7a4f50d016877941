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
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        text = String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}
