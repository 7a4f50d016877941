import RefundMessages
public import RefundPolicy

/// A message on its way to the exchange of its kind, with what its properties need.
struct Submission: Hashable {
    let place: MessagePlace
    /// Its number among all messages of the run, from 1.
    let number: Int
    let type: InboundType
    /// Through whose exchange it goes (contract § 2).
    let sender: InboundSender
    let requestID: RequestID?
    let body: [UInt8]

    /// Reads what a message is. Its type is `type` if given, else its own member `type`, else what its members tell.
    ///
    /// - Throws: `SubmissionFailure` for what is not JSON or names an unknown type.
    init(_ body: [UInt8], as type: InboundType?, at place: MessagePlace, number: Int) throws(SubmissionFailure) {
        let outline: MessageOutline
        do throws(DeadLetterReason) {
            outline = try MessageOutline(body)
        } catch {
            throw SubmissionFailure(place: place, requestID: nil, problem: error.detail)
        }
        var named: InboundType?
        if type == nil, let name = outline.typeName {
            named = InboundType(rawValue: name)
            guard named != nil else {
                throw SubmissionFailure(
                    place: place, requestID: outline.requestID,
                    problem: "type: no message has this name; use one of "
                        + InboundType.allCases.map(\.rawValue).joined(separator: ", ")
                        + ", leave the member out, or give --type")
            }
        }
        self.place = place
        self.number = number
        let type = type ?? named ?? outline.likelyType
        self.type = type
        sender = outline.sender(of: type)
        requestID = outline.requestID
        self.body = body
    }
}

/// Where a message stands in what was given.
public struct MessagePlace: Hashable, Sendable, CustomStringConvertible {
    /// The file's path, or `standard input`.
    public let input: String
    /// From 1.
    public let line: Int

    /// Such as `requests.jsonl:17`.
    public var description: String { "\(input):\(line)" }
}

/// A message that did not reach the broker's queues.
public struct SubmissionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let place: MessagePlace
    public let requestID: RequestID?
    /// What happened, and what to do.
    public let problem: String

    public var description: String {
        "\(place): \(requestID.map { "\($0): " } ?? "")\(problem)"
    }
}

/// How far a run has come.
public struct SubmissionProgress: Hashable, Sendable {
    /// Messages that were read, those that were skipped included.
    public internal(set) var read = 0
    public internal(set) var skipped = 0
    public internal(set) var confirmed = 0
    public internal(set) var failed = 0
    /// Published, and not confirmed yet.
    public internal(set) var inFlight = 0
    /// The broker's reason, while it takes nothing.
    public internal(set) var blocked: String?
}

/// How a run ended.
public struct SubmissionSummary: Hashable, Sendable {
    public let progress: SubmissionProgress
    /// What ended it early, if anything.
    public let interruption: String?
    /// All messages up to this number are confirmed or have failed: where to go on with `--skip`.
    public let finishedThrough: Int
}
