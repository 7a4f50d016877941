import ArgumentParser
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// `refund-worker cases parked`
struct CasesParkedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked", abstract: "List messages that wait for their request, or for something to be mended.",
        discussion: """
            A message about a request that has not come is kept in the store and tried again with growing waits; it acts \
            as soon as the request comes. After worker.parking it goes to refund.dead. Times are in UTC.

            Example:
              refund-worker cases parked
              refund-worker cases parked rr-1042 --json
            """)

    @Argument(
        help: ArgumentHelp("Only messages about that request.", valueName: "id"), transform: ArgumentText.requestID)
    var id: RequestID?
    @OptionGroup var page: PageOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let reader = try configuration.read(store.flags).store.openReader()
        let parked = try reader.parked(about: id, limit: page.limit)
        if output.isJSON {
            for message in parked { Output.json { $0.parked(message) } }
            return
        }
        guard !parked.isEmpty else { return Output.line("nothing is parked") }
        ParkedText(parked, now: SystemClock.now()).lines.forEach(Output.line)
        if parked.count == page.limit { Output.line("(the oldest \(page.limit); more with --limit)") }
    }
}
