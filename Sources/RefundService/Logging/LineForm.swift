internal import Foundation
internal import Logging
internal import RefundMessages
internal import RefundPolicy

/// How a logger's lines look: text for people, or JSON for machines.
struct LineForm: Sendable {
    let label: String
    let format: LogFormat
    /// As JSON lines name it; `nil` for a program that is no worker.
    let worker: String?

    /// One line, with its end. Nothing in it can end it, or a pair in it.
    func line(
        _ level: Logger.Level, _ message: String, _ details: [(key: String, value: String)], at now: Instant
    ) -> String {
        switch format {
        case .text: text(level, message, details, at: now) + "\n"
        case .json: json(level, message, details, at: now) + "\n"
        }
    }

    private func text(
        _ level: Logger.Level, _ message: String, _ details: [(key: String, value: String)], at now: Instant
    ) -> String {
        let word = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        let pairs = details.map { " \($0.key)=\(VisibleText.field($0.value))" }.joined()
        return "\(now) \(word) \(VisibleText.line("\(label): \(message)"))\(pairs)"
    }

    private func json(
        _ level: Logger.Level, _ message: String, _ details: [(key: String, value: String)], at now: Instant
    ) -> String {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.string("time", now.description)
        writer.string("level", level.rawValue)
        writer.string("worker", ifPresent: worker)
        writer.string("logger", label)
        writer.string("message", message)
        writer.name("details")
        writer.beginObject()
        for (key, value) in details { writer.string(named: key, value) }
        writer.endObject()
        writer.endObject()
        return VisibleText.json(String(decoding: writer.bytes, as: UTF8.self))
    }
}
