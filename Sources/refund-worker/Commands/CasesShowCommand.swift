import ArgumentParser
import RefundPolicy
import RefundService
import RefundWorker

/// `refund-worker cases show`
struct CasesShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one case with all that happened to it.",
        discussion: """
            Contacts and payment tokens are masked. Exit code 3 when there is no case of that id. Times are in UTC.

            Example:
              refund-worker cases show rr-1042
            """)

    @Argument(help: ArgumentHelp("The request's id.", valueName: "id")) var id: RequestID
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = try configuration.read(store.flags)
        let reader = try settings.store.openReader()
        guard let history = try reader.history(of: id) else {
            throw EarlyEnd(
                .no, "there is no case \(id); a request that could not be read is in the queue refund.dead")
        }
        if output.isJSON {
            Output.json { writer in writer.history(history) }
        } else {
            CaseText(history, now: SystemClock.now()).lines.forEach(Output.line)
        }
    }
}
