import ArgumentParser
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker cases archive`
struct CasesArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Move finished cases to a file, so that the store does not grow for ever.",
        discussion: """
            Cases that were rejected, withdrawn or settled that long ago, with nothing unsent, owed or parked, are added \
            to the file, one JSON object a line with its whole history, and then removed. Workers may run meanwhile. \
            A case that ended without the payout that it had once sent stays: should the payout system still say that it \
            paid, a person is called. Each request's identity stays in the store: sent once more it changes nothing, its id is not given to \
            another, and a refunded invoice line stays refunded. What comes late about an archived case goes to \
            refund.dead, with the code archived_payout where it is about the payout.

            It may be interrupted at any moment: the same command with the same file goes on. The file holds contacts \
            and payment tokens; keep it as you keep the store. Exit code 3 when a finished case can't be read.

            Example:
              refund-worker cases archive --older-than 400d --dry-run
              refund-worker cases archive --older-than 400d --to /var/backups/refunds-2026.jsonl
            """)

    @Option(
        name: .customLong("older-than"),
        help: ArgumentHelp(
            "Only cases whose last event was longer ago than this, such as 400d.", valueName: "DURATION"),
        transform: ArgumentText.duration)
    var age: Duration
    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The file; one that is there is added to.", valueName: "FILE"), completion: .file())
    var path: String?
    @Flag(name: .customLong("dry-run"), help: "Only say what would be archived.") var isTrial = false
    @Option(help: ArgumentHelp("How many cases at most (default: all of them).", valueName: "N")) var limit: Int?
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard isTrial || path?.isEmpty == false else { throw ValidationError("--to FILE says where they go") }
        guard limit ?? 1 >= 1 else { throw ValidationError("--limit must be 1 or more") }
    }

    func run() throws {
        let location = try configuration.read(store.flags).store
        let archiving = try Archiving(
            location, before: SystemClock.now() - age, limit: limit ?? .max, clock: SystemClock.now)
        let progress = ProgressLine()
        defer { progress.clear() }
        let summary: ArchivingSummary
        if isTrial {
            summary = try archiving.look { progress.show("found \($0.text)") }
        } else {
            let file = try ArchiveFile(path: path ?? "")
            summary = try archiving.run(into: file) { progress.show("archived \($0.text)") }
        }
        progress.clear()
        if output.isJSON { json(summary) } else { show(summary) }
        guard summary.unreadable.isEmpty else {
            let ids = summary.unreadable.prefix(10).map(\.text).joined(separator: ", ")
            throw EarlyEnd(
                .no,
                "\(summary.unreadable.count) finished cases can't be read and stay in the store: \(ids); "
                    + "refund-worker cases show says why")
        }
    }

    private func show(_ summary: ArchivingSummary) {
        if summary.cutLines > 0 {
            Output.line("an earlier run was interrupted: its last \(summary.cutLines) lines were written anew")
        }
        Output.line(
            isTrial
                ? "would archive \(summary.text); nothing was changed"
                : "archived \(summary.text) to \(path ?? "")")
        if summary.unpaid > 0 {
            Output.line(
                "\(summary.unpaid) stay: they ended without a payout that was sent, and may still be told of as paid")
        }
        if summary.isLimited { Output.line("(stopped at --limit; run it again for more)") }
    }

    private func json(_ summary: ArchivingSummary) {
        Output.json { writer in
            writer.boolean("dry_run", isTrial)
            writer.string("file", ifPresent: isTrial ? nil : path)
            writer.integer("archived", Int64(summary.archived))
            writer.object("by_status") { writer in
                writer.integer("settled", Int64(summary.counts[.settled] ?? 0))
                writer.integer("rejected", Int64(summary.counts[.rejected] ?? 0))
                writer.integer("withdrawn", Int64(summary.counts[.withdrawn] ?? 0))
            }
            writer.integer("bytes", Int64(summary.bytes))
            writer.integer("cut_lines", Int64(summary.cutLines))
            writer.integer("kept_unpaid", Int64(summary.unpaid))
            writer.boolean("limit_reached", summary.isLimited)
            writer.name("unreadable")
            writer.beginArray()
            for id in summary.unreadable { writer.string(id.text) }
            writer.endArray()
        }
    }
}

extension ArchivingSummary {
    /// Such as `12 cases (10 settled, 2 rejected; 0.1 MB)`.
    fileprivate var text: String {
        let parts = [CaseStatus.settled, .rejected, .withdrawn].compactMap { status in
            counts[status].map { "\($0) \(status.rawValue)" }
        }
        guard !parts.isEmpty else { return "0 cases" }
        let tenths = (bytes + 50_000) / 100_000
        return "\(archived) cases (\(parts.joined(separator: ", ")); \(tenths / 10).\(tenths % 10) MB)"
    }
}
