import AMQPClient
import ArgumentParser
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker dead`
struct DeadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Look at dead letters, send them again, or drop them.",
        discussion: """
            Works on what is in refund.dead when it begins. One run at a time: it holds the letters while it looks.

            Example:
              refund-worker dead list
              refund-worker dead replay --code unknown_request
              refund-worker dead discard --id rr-1042 --dry-run
            """,
        subcommands: [List.self, Replay.self, Discard.self])

    /// `refund-worker dead list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List dead letters with their reasons, the oldest first.",
            discussion: """
                Example:
                  refund-worker dead list --code invalid_field --json
                """)

        @OptionGroup var which: DeadLetterOptions
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Broker") var broker: BrokerOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try go(.look, which, isTrial: false, configuration, broker, output)
        }
    }

    /// `refund-worker dead replay`
    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send dead letters again, as they first came.",
            discussion: """
                A letter leaves refund.dead once the broker has confirmed its replay. What still can't be read comes back. What a
                person said, or nobody knows the sender of, is never sent again. It needs a user who may write to refund.replay.
                --dry-run tells which letters would be refused, and why; exit code 3 then.

                Example:
                  refund-worker dead replay --code unknown_request --dry-run
                """)

        @OptionGroup var action: DeadLetterActionOptions
        @Option(
            help: ArgumentHelp(
                "Whom letters count as sent by that the broker itself gave up: intake, access or payout.",
                valueName: "sender"),
            transform: { text in
                guard let sender = InboundSender(rawValue: text), sender.mayBeReplayed else {
                    throw ValidationError("say intake, access or payout")
                }
                return sender
            })
        var from: InboundSender?
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Broker") var broker: BrokerOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try go(.replay, action.which, from: from, isTrial: action.isTrial, configuration, broker, output)
        }
    }

    /// `refund-worker dead discard`
    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drop dead letters for good.",
            discussion: """
                Example:
                  refund-worker dead discard --code not_json
                """)

        @OptionGroup var action: DeadLetterActionOptions
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Broker") var broker: BrokerOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try go(.discard, action.which, isTrial: action.isTrial, configuration, broker, output)
        }
    }
}

/// Which dead letters are meant.
struct DeadLetterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only letters with this message id, or about this request; may be repeated.", valueName: "id"))
    var id: [String] = []
    @Option(help: ArgumentHelp("Only letters with this error code; may be repeated.", valueName: "code"))
    var code: [String] = []
}

/// Which dead letters something is done to, and whether it is done.
struct DeadLetterActionOptions: ParsableArguments {
    @Flag(help: "All of them.") var all = false
    @Flag(name: .customLong("dry-run"), help: "Only say what would be done.") var isTrial = false
    @OptionGroup var which: DeadLetterOptions

    func validate() throws {
        guard all != (!which.id.isEmpty || !which.code.isEmpty) else {
            throw ValidationError("say which: --id, --code, or --all alone")
        }
    }
}

/// Goes through the queue and shows what was found or done.
private func go(
    _ action: DeadLetterQueue.Action, _ which: DeadLetterOptions, from sender: InboundSender? = nil,
    isTrial: Bool, _ configuration: ConfigurationOptions, _ broker: BrokerOptions, _ output: OutputOptions
) throws {
    let settings = try configuration.read(broker.flags).amqp
    let selection = DeadLetterSelection(ids: which.id, codes: which.code)
    let tried: DeadLetterQueue.Action = !isTrial ? action : action == .replay ? .tryReplay : .look
    let result = try onBrokerThread {
        let connection = try settings.connect(purpose: "dead")
        defer { connection.close() }
        let progress = ProgressLine()
        defer { progress.clear() }
        return try DeadLetterQueue(
            connection: connection, names: BrokerNames(prefix: settings.prefix), brokersLetters: sender
        )
        .go(through: selection, tried) { progress.show("\($0) of \($1) letters looked at") }
    }
    if output.isJSON {
        for (place, letter) in result.letters.enumerated() { json(letter, result.refusals[place]) }
    } else {
        show(result)
        let done = sum(of: result, action, isTrial: isTrial)
        Output.line(result.others == 0 ? done : "\(done), \(result.others) others left alone")
    }
    guard result.failureCount == 0 else {
        let reasons = result.failures.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($1): \($0.rawValue)" }
        let what = isTrial ? "would not be sent again" : "were not sent again and are still in refund.dead"
        throw EarlyEnd(
            isTrial ? .no : .failed, "\(result.failureCount) \(what)\n" + reasons.joined(separator: "\n"))
    }
}

private func show(_ result: DeadLetterQueue.Result) {
    var table = TextTable("MESSAGE", "REQUEST", "TYPE", "CODE", "SINCE", "EXCHANGE", "USER", "DETAIL")
    for (place, letter) in result.letters.enumerated() {
        let refusal = result.refusals[place].map { "NOT SENT AGAIN: \($0.rawValue); " } ?? ""
        table.row(
            letter.messageID ?? "–", letter.requestID ?? "–", letter.type, letter.code, letter.deadAt ?? "–",
            letter.sourceExchange ?? "–", letter.user ?? "–", refusal + letter.detail)
    }
    if !table.isEmpty { table.lines.forEach(Output.line) }
}

private func sum(of result: DeadLetterQueue.Result, _ action: DeadLetterQueue.Action, isTrial: Bool) -> String {
    let count = result.letters.count
    let letters = "\(count) dead letter\(count == 1 ? "" : "s")"
    return switch action {
    case _ where isTrial: "\(letters) would be meant"
    case .look, .tryReplay: letters
    case .replay: "\(count - result.failureCount) of \(letters) sent again"
    case .discard: "\(letters) dropped"
    }
}

private func json(_ letter: DeadLetterRecord, _ refusal: DeadLetterQueue.Refusal?) {
    Output.json { writer in
        writer.string("message_id", ifPresent: letter.messageID)
        writer.string("request_id", ifPresent: letter.requestID)
        writer.string("type", letter.type)
        writer.string("code", letter.code)
        writer.string("detail", letter.detail)
        writer.string("source_queue", ifPresent: letter.sourceQueue)
        writer.string("source_exchange", ifPresent: letter.sourceExchange)
        writer.string("source_routing_key", ifPresent: letter.sourceRoutingKey)
        writer.string("user", ifPresent: letter.user)
        writer.string("dead_at", ifPresent: letter.deadAt)
        writer.integer("bytes", Int64(clamping: letter.size))
        writer.string("refused", ifPresent: refusal?.rawValue)
    }
}
