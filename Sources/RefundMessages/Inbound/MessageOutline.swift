public import RefundCase
public import RefundPolicy

/// What a JSON message says about itself, read without checking the rest: for those who hand messages on.
public struct MessageOutline: Hashable, Sendable {
    /// The message's own member `type`, which the contract leaves free; `nil` when it is absent or no text.
    public let typeName: String?
    /// The request that it is about, where it can be read.
    public let requestID: RequestID?
    /// The kind of message that its members tell, when nothing names it.
    public let likelyType: InboundType
    /// The command that a reply is about; `nil` where there is none.
    public let commandKind: CommandKind?

    /// - Throws: `DeadLetterReason` when the bytes are not one JSON object.
    public init(_ body: [UInt8]) throws(DeadLetterReason) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(body)
        } catch {
            throw .notJSON(problem: error.problem, offset: error.offset)
        }
        let fields = try JSONFields(document.root)
        typeName = fields["type"]?.string
        likelyType = MessageOutline.likelyType(fields)
        requestID = MessageOutline.requestID(fields)
        commandKind = fields["command_id"]?.string.flatMap { id in
            id.lastIndex(of: "/").flatMap { CommandKind(rawValue: String(id[id.index(after: $0)...])) }
        }
    }

    /// Through whose exchange a message of that type, with these members, belongs (contract § 2).
    public func sender(of type: InboundType) -> InboundSender {
        switch type {
        case .succeeded, .failed: InboundSender(answering: commandKind ?? .payout)
        default: InboundSender.allCases.first { $0.maySend(type) } ?? .intake
        }
    }

    /// Only members that no other message has decide. A withdrawal or a retry is never guessed: they look like a
    /// request that lacks almost everything, and a guess would stop or repeat a payment.
    private static func likelyType(_ fields: JSONFields) -> InboundType {
        if fields["command_id"] != nil {
            return fields["retryable"] != nil || fields["code"] != nil ? .failed : .succeeded
        }
        return fields["verdict"] != nil ? .reviewed : .requested
    }

    private static func requestID(_ fields: JSONFields) -> RequestID? {
        if let text = fields["request_id"]?.string { return RequestID(text) }
        // A reply names its command, which starts with the request: rr-1042/payout.
        guard let command = fields["command_id"]?.string, let slash = command.lastIndex(of: "/") else { return nil }
        return RequestID(String(command[..<slash]))
    }
}

/// How a JSON text that may hold several messages is divided.
public enum MessageDivision: Hashable, Sendable {
    /// One object: one message.
    case one
    /// The elements of an array: where the text of each is.
    case many([Range<Int>])

    /// - Throws: `DeadLetterReason.notJSON`, or `.invalidField` for what is neither an object nor an array.
    public init(_ text: [UInt8]) throws(DeadLetterReason) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(text)
        } catch {
            throw .notJSON(problem: error.problem, offset: error.offset)
        }
        switch document.root.kind {
        case .object: self = .one
        case .array: self = .many(document.root.elements.map(\.range))
        default: throw .invalidField(path: "$", problem: "must be an object, or an array of objects")
        }
    }
}
