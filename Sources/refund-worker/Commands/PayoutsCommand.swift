import ArgumentParser
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// `refund-worker payouts`
struct PayoutsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payouts", abstract: "The fleet's brake: hold every payout, and let them go again.",
        discussion: """
            A pause holds every payout that is not yet with the broker, on all workers of the store. Decisions, \
            revocations, notices and deadlines go on. What is with the broker already, the payout system has or will \
            have: stop that there. An alert reminds of the pause each hour.

            Example:
              refund-worker payouts pause --note "the payout system pays twice"
              refund-worker payouts status
              refund-worker payouts resume --note "it is mended"
            """,
        subcommands: [PayoutsPauseCommand.self, PayoutsResumeCommand.self, PayoutsStatusCommand.self])
}

/// `refund-worker payouts pause`
struct PayoutsPauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hold every payout that is not yet with the broker.",
        discussion: """
            Sends payouts.paused, which waits behind no request. The latest pause counts: a resumption names it.

            Example:
              refund-worker payouts pause --note "the payout system pays twice"
            """)

    @Option(help: "Why; whoever looks at the page or at an alert reads it.") var note: String
    @OptionGroup var action: ActionOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !note.allSatisfy(\.isWhitespace) else { throw ValidationError("--note must say why") }
    }

    func run() throws {
        let pause = PayoutPause(actionID: action.actionID, by: Signature(action.name), note: note)
        let message = OneMessage(type: .payoutsPaused, requestID: nil, body: InboundEncoder().encode(pause))
        let settings = try configuration.read(broker.flags).amqp
        try say(message, as: pause.actionID, thenSee: .ofPayouts, through: settings, output)
    }
}

/// `refund-worker payouts resume`
struct PayoutsResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let payouts go on; what was held is sent at once.",
        discussion: """
            Sends payouts.resumed, which names the pause that it lifts: the one that stands in the store, or --pause. One \
            that names another pause than the one that stands lifts nothing and is told in refund.dead, so that nobody \
            lifts a pause that somebody else has made meanwhile. Exit code 3 when no pause stands.

            Example:
              refund-worker payouts resume --note "the payout system is mended"
            """)

    @Option(
        help: ArgumentHelp("The pause's action id (default: the one that stands in the store).", valueName: "id"),
        transform: ArgumentText.actionID)
    var pause: ActionID?
    @Option(help: "Why.") var note: String
    @OptionGroup var action: ActionOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !note.allSatisfy(\.isWhitespace) else { throw ValidationError("--note must say why") }
    }

    func run() throws {
        let settings = try configuration.read(broker.flags, store.flags)
        guard let standing = try pause ?? settings.store.openReader().brake().pause?.actionID else {
            throw EarlyEnd(
                .no,
                "no pause stands, payouts go on; a pause that was sent a moment ago shows in "
                    + "`refund-worker payouts status` once a worker has taken it")
        }
        let resumption = PayoutResumption(
            actionID: action.actionID, pause: standing, by: Signature(action.name), note: note)
        let message = OneMessage(type: .payoutsResumed, requestID: nil, body: InboundEncoder().encode(resumption))
        try say(message, as: resumption.actionID, thenSee: .ofPayouts, through: settings.amqp, output)
    }
}

/// `refund-worker payouts status`
struct PayoutsStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say whether payouts are paused: since when, by whom and why.",
        discussion: """
            Below it stand the pauses of before, the latest first: who made and who lifted each. Exit code 0 while payouts go \
            on, 3 while they are paused.

            Example:
              refund-worker payouts status --json
            """)

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let reader = try configuration.read(store.flags).store.openReader()
        let now = SystemClock.now()
        let pause = try reader.brake().pause
        let history = try reader.brakeHistory()
        let withheld = try pause == nil ? 0 : reader.backlog(at: now).withheldPayouts
        if output.isJSON {
            Output.json { writer in
                writer.boolean("paused", pause != nil)
                writer.integer("withheld", Int64(withheld))
                if let pause { writer.pause(pause) }
                writer.name("history")
                writer.beginArray()
                for past in history.suffix(PayoutsStatusCommand.most) { writer.past(past) }
                writer.endArray()
            }
        } else if let pause {
            Output.line("payouts are paused since \(pause.at) (\(pause.at.distance(from: now)))")
            var fields = FieldList()
            fields.add("by", "\(pause.by)")
            fields.add("note", pause.note)
            fields.add("pause", pause.actionID.text)
            fields.add("held", withheld == 1 ? "1 payout" : "\(withheld) payouts")
            fields.lines.forEach(Output.line)
            Output.line("to let them go: refund-worker payouts resume --note WHY")
        } else {
            Output.line("payouts go on; no pause stands")
        }
        if !output.isJSON { show(history.filter { $0.lifting != nil }) }
        if pause != nil { throw EarlyEnd(.no) }
    }

    private static let most = 20

    private func show(_ past: [PastPause]) {
        guard !past.isEmpty else { return }
        var table = TextTable("PAUSED", "BY", "WHY", "RESUMED", "BY", "WHY", indent: 2)
        for one in past.suffix(PayoutsStatusCommand.most).reversed() {
            table.row(
                one.pause.at.description, "\(one.pause.by)", one.pause.note, one.lifting?.at.description ?? "–",
                one.lifting.map { "\($0.by)" } ?? "–", one.lifting?.note ?? "–")
        }
        Output.line("")
        Output.line("Pauses of before")
        table.lines.forEach(Output.line)
    }
}

extension JSONWriter {
    fileprivate mutating func pause(_ pause: StandingPause) {
        string("pause", pause.actionID.text)
        string("since", pause.at.description)
        string("by", pause.by.by)
        string("user", ifPresent: pause.by.user)
        string("note", pause.note)
    }

    /// A pause with its end, where it has one.
    fileprivate mutating func past(_ past: PastPause) {
        beginObject()
        pause(past.pause)
        if let lifting = past.lifting {
            object("resumed") { writer in
                writer.string("action_id", lifting.actionID.text)
                writer.string("at", lifting.at.description)
                writer.string("by", lifting.by.by)
                writer.string("user", ifPresent: lifting.by.user)
                writer.string("note", lifting.note)
            }
        }
        endObject()
    }
}
