internal import RefundMessages
internal import RefundPolicy
internal import RefundService

/// How a worker and its lanes stand, as the worker itself tells (`GET /status`).
struct WorkerStatus: Hashable, Sendable {
    var address: WorkerAddress
    var report: Report

    enum Report: Hashable, Sendable {
        case told(name: String?, version: String?, lanes: [Lane])
        case unreachable(String)
    }

    struct Lane: Hashable, Sendable {
        var name: String
        var state: String
        var since: Instant?
        /// Why, where it does not work; and what stands although it does.
        var reason: String?
    }
}

extension WorkerStatus.Report {
    /// Reads the body of an answer; what it says beyond this is passed over.
    init(reading body: [UInt8]) {
        guard let document = try? JSONDocument(body) else {
            self = .unreachable("its answer is not JSON")
            return
        }
        let root = document.root
        let lanes = (root["lanes"]?.elements ?? []).prefix(64).enumerated().map { index, lane in
            let reasons = ((lane["reasons"]?.elements ?? []) + (lane["notes"]?.elements ?? [])).prefix(8)
                .compactMap(\.shortText)
            return WorkerStatus.Lane(
                name: lane["name"]?.shortText ?? "lane \(index + 1)", state: lane["state"]?.shortText ?? "unknown",
                since: lane["since"]?.string.flatMap { Instant($0) },
                reason: reasons.isEmpty ? nil : reasons.joined(separator: "; "))
        }
        self = .told(name: root["worker"]?.shortText, version: root["version"]?.shortText, lanes: lanes)
    }
}

extension JSONValue {
    fileprivate subscript(name: String) -> JSONValue? {
        members.first { $0.name.string == name }?.value
    }

    /// A text or a number, cut to what a page can show.
    fileprivate var shortText: String? {
        if let string { return string.isEmpty ? nil : String(string.prefix(200)) }
        return text == "null" || text.hasPrefix("{") || text.hasPrefix("[") ? nil : String(text.prefix(40))
    }
}
