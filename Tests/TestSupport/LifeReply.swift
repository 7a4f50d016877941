import Foundation

/// What the other side says of a command, in the words of `life.jsonl`: `payout#1 failed retryable @+05`.
public struct LifeReply: Sendable {
    public enum Clock: Sendable, Equatable {
        case now
        /// That many seconds after the command's first sending.
        case after(Int)
        /// Midnight of today.
        case midnight
        case year(String)
    }

    /// `revoke` or `payout`.
    public let command: String
    public let key: Int
    public let isSuccess: Bool
    public let isRetryable: Bool
    public let clock: Clock
    public let hasLongMessage: Bool
    public let hasNumberAsReference: Bool
    public let hasKey: Bool
    /// It comes through the exchange of the access system, whatever it is about.
    public let isThroughAccess: Bool

    init(_ text: String) {
        let parts = text.prefix { $0 != " " }.split(separator: "#")
        command = String(parts[0])
        key = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
        precondition(["revoke", "payout"].contains(command), "no step: \(text)")
        isSuccess = text.contains(" succeeded")
        isRetryable = text.contains(" retryable")
        hasLongMessage = text.contains("(long message)")
        hasNumberAsReference = text.contains("(reference 991234)")
        isThroughAccess = text.contains("(through refund.access)")
        hasKey = !text.contains("no idempotency_key")
        let mark = text.split(separator: "@")
        clock = mark.count > 1 ? Clock(String(mark[1])) : .now
    }

    /// The message's type.
    public var type: String { isSuccess ? "command.succeeded" : "command.failed" }

    /// The exchange that it comes through.
    public var exchange: String {
        isThroughAccess || command == "revoke" ? "refund.access" : "refund.payout"
    }

    /// The message's body.
    ///
    /// - Parameter occurredAt: what the sender's clock says.
    public func body(of request: String, occurredAt: String) -> [UInt8] {
        var members = ["\"command_id\": \"\(request)/\(command)\""]
        if hasKey { members.append("\"idempotency_key\": \"\(request)/\(command)#\(key)\"") }
        members.append("\"occurred_at\": \"\(occurredAt)\"")
        if isSuccess {
            members.append("\"reference\": \(hasNumberAsReference ? "991234" : "\"tx-\(command)-\(key)\"")")
        } else {
            members += ["\"code\": \"refused\"", "\"retryable\": \(isRetryable)"]
            if hasLongMessage { members.append("\"message\": \"\(String(repeating: "é", count: 5_000))\"") }
        }
        return Array("{\(members.joined(separator: ", "))}".utf8)
    }
}

extension LifeReply.Clock {
    fileprivate init(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespaces)
        if text == "bounce" {
            self = .now
        } else if text.hasPrefix("+"), let seconds = Int(text.dropFirst()) {
            self = .after(seconds)
        } else if text == "00:00:00" {
            self = .midnight
        } else if text.count == 4, text.allSatisfy(\.isNumber) {
            self = .year(text)
        } else {
            preconditionFailure("no clock: \(text)")
        }
    }
}
