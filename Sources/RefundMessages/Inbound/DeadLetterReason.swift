public import RefundPolicy

/// Why a message can't be read or acted upon, so that it goes to `refund.dead` (contract § 3, "Codes").
///
/// Never holds a value of the message, only places and our own words: details are logged and shown.
public enum DeadLetterReason: Error, Hashable, Sendable {
    /// Not a JSON text, or nested too deeply.
    case notJSON(problem: String, offset: Int)
    /// Over the limit, in bytes.
    case tooLarge(size: Int, limit: Int)
    /// The path, such as `invoice.paid.amount`, and what is wrong there.
    case invalidField(path: String, problem: String)
    case invalidAmount(path: String, problem: String)
    case unknownCurrency(path: String)
    case unsupportedVersion
    case unknownType
    /// Not through the exchange of its kind, or not by a routing key that is a message's name to the last byte.
    case wrongSender
    /// Submitted more than five minutes ahead of the worker's clock.
    case submittedInFuture
    /// The id belongs to another request.
    case requestIDConflict
    /// About a request that never came.
    case unknownRequest
    /// The case's state does not allow it.
    case notApplicable(status: String)
    /// An approval of a line that another case has by now, in the same spelling.
    case lineIsTaken
    /// So much was said about the case that no more replies are taken.
    case tooManyEvents(count: Int)
    /// A close or a void of a case of which some message may still be on its way to the broker.
    case publicationsOnTheirWay
    /// A resumption that names another pause than the one that holds.
    case otherPause
    /// It was refused before, for this reason, and its dead letter may never have arrived.
    case saidBefore(code: String, detail: String)
    /// The case has ended and its history was moved to an archive's file.
    case archived(status: String, at: Instant)
    /// The payout system said something about a payout whose case was archived as settled: it is about money, and what
    /// was known of it is in the archive's file. Not in the contract's list, for a code of its own to watch.
    case archivedPayout(at: Instant)
    case amountNeeded
    /// It waited for its request, and so much else came to wait that there was no room for it any more. Not in the contract's
    /// list, to be told from what never got its request.
    case parkingFull
    /// The worker could not process it although it could be read; not in the contract's list, for faults of our own.
    case unprocessable(problem: String)

    /// The header `refund-error-code`.
    public var code: String {
        switch self {
        case .notJSON: "not_json"
        case .tooLarge: "too_large"
        case .invalidField: "invalid_field"
        case .invalidAmount: "invalid_amount"
        case .unknownCurrency: "unknown_currency"
        case .unsupportedVersion: "unsupported_version"
        case .unknownType: "unknown_type"
        case .wrongSender: "wrong_sender"
        case .submittedInFuture: "submitted_in_future"
        case .requestIDConflict: "request_id_conflict"
        case .unknownRequest: "unknown_request"
        case .notApplicable, .lineIsTaken, .archived, .tooManyEvents, .publicationsOnTheirWay, .otherPause:
            "not_applicable"
        case .saidBefore(let code, _): code
        case .archivedPayout: "archived_payout"
        case .amountNeeded: "amount_needed"
        case .parkingFull: "parking_full"
        case .unprocessable: "unprocessable"
        }
    }

    /// Every code that there is, for whoever counts by them.
    public static let codes = [
        "not_json", "too_large", "invalid_field", "invalid_amount", "unknown_currency", "unsupported_version",
        "unknown_type", "wrong_sender", "submitted_in_future", "request_id_conflict", "unknown_request",
        "not_applicable",
        "archived_payout", "amount_needed", "parking_full", "unprocessable",
    ]

    /// The header `refund-error-detail`: where, what, and what to do.
    public var detail: String {
        switch self {
        case .notJSON(let problem, let offset):
            "the body is not JSON: \(problem) (at byte \(offset)); send one UTF-8 JSON object"
        case .tooLarge(let size, let limit):
            "the body has \(size) bytes and the limit is \(limit); send references instead of contents"
        case .invalidField(let path, let problem), .invalidAmount(let path, let problem): "\(path): \(problem)"
        case .unknownCurrency(let path):
            "\(path): must be the code of an ISO 4217 currency that can be paid, and that was in use on "
                + "the invoice's date"
        case .unsupportedVersion: "version: this worker reads version 2; leave the field out or send 2"
        case .unknownType:
            "the AMQP property `type` must name a message of the contract, or be left out"
        case .wrongSender:
            "it did not come through the exchange of its kind of sender, under its own name as the routing key, signed by the "
                + "broker's user where a person speaks; find out who published it"
        case .submittedInFuture:
            "submitted_at: more than 5 minutes ahead of the worker's clock; check the sender's clock and send again"
        case .requestIDConflict:
            "request_id: another request with other content has this id and stays as it is; send under a new id"
        case .unknownRequest: "no request with this id has arrived; send the request first"
        case .notApplicable(let status):
            "the case is \(status), which does not allow this message; look at it (refund-worker cases show) and send what "
                + "its status allows, or nothing; once a payout is made or unanswered, close is the way out, not void"
        case .lineIsTaken:
            "another case has this very invoice, service and subscription by now; reject this one"
        case .tooManyEvents(let count):
            "the case has had \(count) events, and no more replies are taken for it; stop what keeps sending them, and act "
                + "on the case by hand (refund-worker cases review)"
        case .publicationsOnTheirWay:
            "some message of the case may still be on its way to the broker; it is tried again until each is confirmed or "
                + "taken back (refund-worker cases parked)"
        case .otherPause:
            "pause: payouts are not held by that pause; see which one holds (refund-worker payouts status)"
        case .saidBefore(_, let detail): detail
        case .archived(let status, let at):
            "the case is \(status) and was archived at \(at); its history is in the archive's file; a new request "
                + "needs a new id"
        case .archivedPayout(let at):
            "the payout of a settled case that was archived at \(at): look in the archive's file whether this was known; "
                + "if the money came back or went out twice, a person has to settle it"
        case .amountNeeded: "amount: the refund can't be computed, so an approval must name it"
        case .parkingFull:
            "it waited for its request, and more has come to wait than is kept (worker.parking_limit, worker.parking_size, 100 "
                + "for one request); find out who sends so much about unknown requests, and replay it once the request is there"
        case .unprocessable(let problem): "the worker failed on this message: \(problem); replay it once mended"
        }
    }
}
