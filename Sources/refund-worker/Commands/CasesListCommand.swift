import ArgumentParser
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// `refund-worker cases list`
struct CasesListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List cases, the newest first.",
        discussion: """
            Every condition that is given must hold. Times are in UTC.

            Example:
              refund-worker cases list --due-within 24h
              refund-worker cases list --status approved --limit 10 --json
            """)

    @Option(help: "Only cases of this status; may be repeated.") var status: [CaseStatus] = []
    @Flag(help: "Only open cases with a deadline that has passed.") var overdue = false
    @Option(
        name: .customLong("due-within"),
        help: ArgumentHelp("Only open cases with a deadline within this time, such as 24h.", valueName: "DURATION"),
        transform: ArgumentText.duration)
    var dueWithin: Duration?
    @OptionGroup var page: PageOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = try configuration.read(store.flags)
        let reader = try settings.store.openReader()
        let now = SystemClock.now()
        let cases = try reader.cases(
            matching: CaseFilter(
                statuses: status, overdueAt: overdue ? now : nil, dueBefore: dueWithin.map { now + $0 },
                limit: page.limit))
        if output.isJSON {
            for listed in cases { Output.json { $0.summary(of: listed) } }
            return
        }
        var table = TextTable("REQUEST", "KIND", "STATUS", "REASONS", "REFUND", "RESPOND BY", "REFUND BY")
        for listed in cases {
            let refundCase = listed.refundCase
            table.row(
                refundCase.id.text, refundCase.request.kind.rawValue, refundCase.state.status.rawValue,
                refundCase.reasonNames.isEmpty ? "–" : refundCase.reasonNames.joined(separator: ", "),
                refundCase.shownRefund?.description ?? "–",
                listed.deadlineText(.response, at: now), listed.deadlineText(.refund, at: now))
        }
        if table.isEmpty {
            Output.line("no cases")
        } else {
            table.lines.forEach(Output.line)
            if cases.count == page.limit { Output.line("(the newest \(page.limit); more with --limit)") }
        }
    }
}
