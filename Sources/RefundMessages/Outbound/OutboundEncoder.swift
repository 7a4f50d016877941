public import RefundCase
public import RefundPolicy

/// Writes what other systems receive (contract § 3, "Outbound"). Pure: the same case and instant give the same bytes.
public struct OutboundEncoder: Sendable {
    public init() {}

    /// - Parameters:
    ///   - message: what is to be told.
    ///   - refundCase: the case after the event that the message follows from.
    ///   - now: the instant of that event.
    public func encode(_ message: OutboundMessage, of refundCase: RefundCase, at now: Instant) -> EncodedMessage {
        switch message {
        case .command(let kind, let key): encodeCommand(kind, key: key, of: refundCase, at: now)
        case .notice(let kind, let number): encodeNotice(kind, number: number, of: refundCase, at: now)
        case .alert(let cause, let number): encodeAlert(cause, number: number, of: refundCase)
        }
    }
}

extension JSONWriter {
    /// A member `{"amount": "7.00", "currency": "USD"}`.
    package mutating func money(_ name: StaticString, _ money: Money) {
        object(name) { writer in
            writer.decimal("amount", of: money)
            writer.string("currency", money.currency.code)
        }
    }
}
