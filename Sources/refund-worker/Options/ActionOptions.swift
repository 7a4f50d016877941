import AMQPClient
import ArgumentParser
import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService

/// Who says it, and as which act.
struct ActionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who says it (default: this user on this machine).", valueName: "name")) var by: String?
    @Option(
        name: .customLong("action-id"),
        help: ArgumentHelp(
            "This act's own id; said again under the same id it changes nothing (default: a new one).",
            valueName: "id"),
        transform: ArgumentText.actionID)
    var given: ActionID?

    var name: String { ActionOptions.name(by) }

    /// The name that was given, or this user on this machine.
    static func name(_ given: String?) -> String {
        given ?? "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
    }

    /// The id that was given, or a new one at each call.
    var actionID: ActionID { given ?? .made() }

    func validate() throws {
        guard by?.allSatisfy(\.isWhitespace) != true else { throw ValidationError("--by must name a person") }
    }
}

/// Where to look for what a message has done.
enum Outcome {
    case ofCase(RequestID)
    case ofPayouts

    var command: String {
        switch self {
        case .ofCase(let id): "refund-worker cases show \(id)"
        case .ofPayouts: "refund-worker payouts status"
        }
    }
}

/// Publishes what a person says, and tells so.
///
/// - Parameter actionID: `nil` for what carries none.
func say(
    _ message: OneMessage, as actionID: ActionID?, thenSee outcome: Outcome, through settings: BrokerSettings,
    _ output: OutputOptions
) throws {
    try onBrokerThread {
        let connection = try settings.connect(purpose: message.type.rawValue)
        defer { connection.close() }
        try message.publish(on: connection, names: BrokerNames(prefix: settings.prefix), at: SystemClock.now())
    }
    guard output.isJSON else {
        let subject = message.requestID.map { " for \($0)" } ?? ""
        let name = actionID.map { " as \($0.text)" } ?? ""
        return Output.line("sent \(message.type.rawValue)\(subject)\(name); see: \(outcome.command)")
    }
    Output.json { writer in
        writer.string("sent", message.type.rawValue)
        writer.string("request_id", ifPresent: message.requestID?.text)
        writer.string("action_id", ifPresent: actionID?.text)
    }
}
