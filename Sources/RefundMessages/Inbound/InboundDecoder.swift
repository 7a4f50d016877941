import RefundCase
public import RefundPolicy

/// Reads what other systems send (contract § 3). Pure: the same bytes at the same instant give the same answer.
public struct InboundDecoder: Sendable {
    public let limits: InboundLimits

    public init(limits: InboundLimits = InboundLimits()) {
        self.limits = limits
    }

    /// - Parameters:
    ///   - body: the message's bytes.
    ///   - type: what kind of message it is; `nil` when its name is unknown.
    ///   - user: the broker's user who sent it, where a person speaks and not by the console.
    ///   - now: against which a submission in the future is told.
    /// - Throws: why the message must become a dead letter.
    public func decode(
        _ body: [UInt8], as type: InboundType?, sentBy user: String? = nil, at now: Instant
    ) throws(DeadLetterReason) -> InboundMessage {
        try checkSize(body)
        guard let type else { throw .unknownType }
        let message = try fields(of: body)
        try checkVersion(message)
        switch type {
        case .requested:
            let request = try RefundRequest(message)
            try checkClock(request.submittedAt, now: now)
            // A currency that is withdrawn is known for ever, and paid for nothing that came later.
            guard request.invoice.paid.currency.exists(on: request.invoice.issuedOn) else {
                throw .unknownCurrency(path: "invoice.paid.currency")
            }
            return .requested(request)
        case .withdrawn:
            let withdrawal = try Withdrawal(message)
            try checkClock(withdrawal.submittedAt, now: now)
            return .event(.withdrawn(withdrawal), of: try message.requestID())
        case .reviewed: return .event(.reviewed(try Review(message, sentBy: user)), of: try message.requestID())
        case .retried: return .event(.retried(try Retry(message, sentBy: user)), of: try message.requestID())
        case .succeeded: return try decodeSuccess(message)
        case .failed: return try decodeFailure(message)
        case .payoutsPaused: return .paused(try PayoutPause(message, sentBy: user))
        case .payoutsResumed: return .resumed(try PayoutResumption(message, sentBy: user))
        }
    }

    /// The same for what is read whatever the clock says.
    public var ofAnyTime: InboundDecoder {
        InboundDecoder(limits: InboundLimits(bodySize: limits.bodySize, clockSkew: .seconds(1 << 40)))
    }

    /// - Throws: `.tooLarge` for a body over the limit.
    public func checkSize(_ body: [UInt8]) throws(DeadLetterReason) {
        guard body.count <= limits.bodySize else { throw .tooLarge(size: body.count, limit: limits.bodySize) }
    }

    /// Reads a request that was accepted before, whatever the clock says now.
    ///
    /// - Parameter policy: the version that its case is kept by; one of before is read as it was then.
    public func decodeStoredRequest(
        _ body: [UInt8], under policy: PolicyVersion? = nil
    ) throws(DeadLetterReason) -> RefundRequest {
        policy?.firstReading == nil ? try RefundRequest(try fields(of: body)) : try decodeRequestOfBefore(body)
    }

    /// Reads a request as version 1 of the contract had it, whatever the clock says now.
    public func decodeRequestOfBefore(_ body: [UInt8]) throws(DeadLetterReason) -> RefundRequest {
        try RefundRequest(try fields(of: body), .storedBefore)
    }

    private func fields(of body: [UInt8]) throws(DeadLetterReason) -> JSONFields {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(body)
        } catch {
            throw .notJSON(problem: error.problem, offset: error.offset)
        }
        return try JSONFields(document.root)
    }

    private func checkVersion(_ message: JSONFields) throws(DeadLetterReason) {
        guard let version = message["version"] else { return }
        guard version.integer == 2 else { throw .unsupportedVersion }
    }

    private func checkClock(_ submittedAt: Instant, now: Instant) throws(DeadLetterReason) {
        guard submittedAt <= now + limits.clockSkew else { throw .submittedInFuture }
    }
}
