import AMQPClient
import ArgumentParser
import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker cases review`
struct CasesReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Decide a case that waits for a person.",
        discussion: """
            Sends refund.reviewed; a worker acts on it. `approve` and `reject` are for a case in review, `close` for one in \
            attention that was settled by other means. What can't be is told in refund.dead.

            Example:
              refund-worker cases review rr-1042 approve --note "the bank has closed the dispute"
              refund-worker cases review rr-1043 approve --amount 5.00 --currency USD --note "agreed by phone"
            """)

    @Argument(help: "The request's id.", transform: ArgumentText.requestID) var id: RequestID
    @Argument(help: "approve, reject or close.") var verdict: Review.Verdict
    @Option(help: "Why; the customer reads it when the verdict is reject.") var note: String
    @Option(help: "Another amount than the computed one, with --currency.") var amount: String?
    @Option(help: "The amount's currency, such as USD.") var currency: String?
    @OptionGroup var signature: SignatureOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        _ = try money()
        guard !note.allSatisfy(\.isWhitespace) else { throw ValidationError("--note must say why") }
    }

    func run() throws {
        let review = Review(verdict: verdict, amount: try money(), by: signature.name, note: note)
        let message = OneMessage(type: .reviewed, requestID: id, body: InboundEncoder().encode(review, of: id))
        try send(message, configuration, broker, output)
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
            Sends refund.withdrawn; a worker acts on it, and the customer is told whether it was in time.

            Example:
              refund-worker cases withdraw rr-1042 --reason "the customer called"
            """)

    @Argument(help: "The request's id.", transform: ArgumentText.requestID) var id: RequestID
    @Option(help: "Why.") var reason: String?
    @OptionGroup var signature: SignatureOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let text = [reason, "(\(signature.name))"].compactMap(\.self).joined(separator: " ")
        let withdrawal = Withdrawal(submittedAt: SystemClock.now(), reason: text)
        let message = OneMessage(type: .withdrawn, requestID: id, body: InboundEncoder().encode(withdrawal, of: id))
        try send(message, configuration, broker, output)
    }
}

/// `refund-worker cases retry`
struct CasesRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have a stuck case's unfinished commands sent again.",
        discussion: """
            Sends refund.retried; a worker acts on it. What the other system has refused goes out under its next key, what \
            it never answered under the same key.

            Example:
              refund-worker cases retry rr-1042 --note "the payout system is back"
            """)

    @Argument(help: "The request's id.", transform: ArgumentText.requestID) var id: RequestID
    @Option(help: "Why.") var note: String?
    @OptionGroup var signature: SignatureOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let retry = Retry(by: signature.name, note: note)
        let message = OneMessage(type: .retried, requestID: id, body: InboundEncoder().encode(retry, of: id))
        try send(message, configuration, broker, output)
    }
}

/// Who says it.
struct SignatureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who says it (default: this user on this machine).", valueName: "name")) var by: String?

    var name: String {
        by ?? "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
    }
}

/// Publishes the message and says so.
private func send(
    _ message: OneMessage, _ configuration: ConfigurationOptions, _ broker: BrokerOptions, _ output: OutputOptions
) throws {
    let settings = try configuration.read(broker.flags).amqp
    try onBrokerThread {
        let connection = try settings.connect(purpose: message.type.rawValue)
        defer { connection.close() }
        try message.publish(on: connection, names: BrokerNames(prefix: settings.prefix), at: SystemClock.now())
    }
    guard output.isJSON else {
        return Output.line(
            "sent \(message.type.rawValue) for \(message.requestID); see: refund-worker cases show \(message.requestID)"
        )
    }
    Output.json { writer in
        writer.string("sent", message.type.rawValue)
        writer.string("request_id", message.requestID.text)
    }
}
