import ArgumentParser
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker cases review`
struct CasesReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Decide a case that waits for a person.",
        discussion: """
            Sends refund.reviewed; a worker acts on it. What can't be is told in refund.dead. The verdicts:

              approve           in review: access is withdrawn, and the money paid
              reject            in review: nothing is paid; --reason-text is told
              access_withdrawn  the access was taken away by hand; the payout goes on
              close             in attention: the money went by other means
              void              no refund after all, while no payout is done or open

            close and void wait until every message of the case is with the broker or taken back (`cases parked ID`). \
            Said again under the same --action-id, nothing changes.

            Example:
              refund-worker cases review rr-1042 --verdict approve --note "the bank has closed the dispute"
              refund-worker cases review rr-1043 --verdict approve --amount 5.00 --currency USD --note "agreed by phone"
              refund-worker cases review rr-1044 --verdict close --reference wire-7 --note "paid by bank transfer"
            """)

    @Argument(help: "The request's id.", transform: ArgumentText.requestID) var id: RequestID
    @Option(help: "approve, reject, access_withdrawn, close or void.") var verdict: Review.Verdict
    @Option(help: "Why, for ourselves; the customer never reads it.") var note: String
    @Option(
        name: .customLong("reason-text"), help: ArgumentHelp("Why, for the customer.", valueName: "text"))
    var reasonText: String?
    @Option(help: "approve: another amount than the computed one; close: what was paid. With --currency.")
    var amount: String?
    @Option(help: "The amount's currency, such as USD.") var currency: String?
    @Option(help: "close: the other payment's own name, such as a transfer's number.") var reference: String?
    @OptionGroup var action: ActionOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        _ = try money()
        guard !note.allSatisfy(\.isWhitespace) else { throw ValidationError("--note must say why") }
        guard amount == nil || verdict == .approve || verdict == .close else {
            throw ValidationError("--amount goes with the verdicts approve and close")
        }
    }

    func run() throws {
        let actionID = action.actionID
        let review = Review(
            actionID: actionID, verdict: verdict, amount: try money(), reference: reference, by: Signature(action.name),
            note: note, reasonText: reasonText)
        let message = OneMessage(type: .reviewed, requestID: id, body: InboundEncoder().encode(review, of: id))
        let settings = try configuration.read(broker.flags).amqp
        try say(message, as: actionID, thenSee: .ofCase(id), through: settings, output)
    }

    private func money() throws -> Money? {
        guard let amount else {
            guard currency == nil else { throw ValidationError("--currency goes with --amount") }
            return nil
        }
        guard let currency, let known = Currency(code: currency) else {
            throw ValidationError("--amount needs --currency, a code of ISO 4217 such as USD")
        }
        guard let money = Money(decimal: amount, currency: known) else {
            throw ValidationError("--amount must be digits with at most \(known.decimals) decimals for \(known.code)")
        }
        return money
    }
}

/// `refund-worker cases withdraw`
struct CasesWithdrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Take a request back for its customer.",
        discussion: """
            Sends refund.withdrawn; a worker acts on it, and the customer is told whether it was in time. It is the \
            customer's word, so the broker's user must be one who may write to refund.intake.

            Example:
              refund-worker cases withdraw rr-1042 --reason "the customer called"
            """)

    @Argument(help: "The request's id.", transform: ArgumentText.requestID) var id: RequestID
    @Option(help: "Why.") var reason: String?
    @Option(help: ArgumentHelp("Who says it (default: this user on this machine).", valueName: "name")) var by: String?
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let text = [reason, "(\(ActionOptions.name(by)))"].compactMap(\.self).joined(separator: " ")
        let withdrawal = Withdrawal(submittedAt: SystemClock.now(), reason: text)
        let message = OneMessage(type: .withdrawn, requestID: id, body: InboundEncoder().encode(withdrawal, of: id))
        let settings = try configuration.read(broker.flags).amqp
        try say(message, as: nil, thenSee: .ofCase(id), through: settings, output)
    }
}

/// `refund-worker cases retry`
struct CasesRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have a stuck case's unfinished commands sent again.",
        discussion: """
            Sends refund.retried; a worker acts on it. What the other system never answered goes out under the same key; a \
            new key is made only when the last word of every key that was sent is failure. While payouts are paused it is \
            taken, and the payout held. Said again under the same --action-id, nothing changes.

            Example:
              refund-worker cases retry rr-1042 --note "the payout system is back"
            """)

    @Argument(help: "The request's id.", transform: ArgumentText.requestID) var id: RequestID
    @Option(help: "Why.") var note: String?
    @OptionGroup var action: ActionOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let actionID = action.actionID
        let retry = Retry(actionID: actionID, by: Signature(action.name), note: note)
        let message = OneMessage(type: .retried, requestID: id, body: InboundEncoder().encode(retry, of: id))
        let settings = try configuration.read(broker.flags).amqp
        try say(message, as: actionID, thenSee: .ofCase(id), through: settings, output)
    }
}
