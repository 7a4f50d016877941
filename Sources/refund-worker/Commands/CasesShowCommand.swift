import ArgumentParser
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// `refund-worker cases show`
struct CasesShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one case with all that happened to it.",
        discussion: """
            Of customer, service and payment method only what tells one from another is shown; --unmask shows all. \
            Exit code 3 when there is no case of that id. Times are in UTC.

            Example:
              refund-worker cases show rr-1042
            """)

    @Argument(help: ArgumentHelp("The request's id.", valueName: "id"), transform: ArgumentText.requestID)
    var id: RequestID
    @OptionGroup var unmask: UnmaskOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = try configuration.read(store.flags)
        let reader = try settings.store.openReader()
        let parked = try reader.parked(about: id, limit: 1_000)
        guard let history = try reader.history(of: id) else {
            if let archived = try reader.archived(id) { return show(archived) }
            let waiting = parked.isEmpty ? "" : "; messages wait for it (refund-worker cases parked \(id))"
            throw EarlyEnd(
                .no, "there is no case \(id)\(waiting); a request that could not be read is in the queue refund.dead")
        }
        unmask.record("cases show \(id)", settings: settings.log)
        if output.isJSON {
            Output.json { writer in
                writer.history(history, isUnmasked: unmask.isUnmasked)
                writer.name("parked")
                writer.beginArray()
                for message in parked {
                    writer.beginObject()
                    writer.parked(message)
                    writer.endObject()
                }
                writer.endArray()
            }
        } else {
            let now = SystemClock.now()
            CaseText(history, now: now, isUnmasked: unmask.isUnmasked).lines.forEach(Output.line)
            if !parked.isEmpty {
                Output.line("")
                Output.line("Parked")
                ParkedText(parked, now: now, indent: 2).lines.forEach(Output.line)
            }
        }
    }

    private func show(_ archived: ArchivedCase) {
        guard output.isJSON else {
            Output.line("\(id)  archived  \(archived.status.rawValue)")
            Output.line("")
            Output.line(
                "Its history was moved to a file at \(archived.archivedAt) (refund-worker cases archive). There it is the "
                    + "line with \"request_id\":\"\(id)\".")
            return
        }
        Output.json { writer in
            writer.string("request_id", id.text)
            writer.string("status", archived.status.rawValue)
            writer.string("archived_at", archived.archivedAt.description)
            writer.string("content_sha256", archived.digest.description)
        }
    }
}
