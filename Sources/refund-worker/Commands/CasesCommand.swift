import ArgumentParser

/// `refund-worker cases`
struct CasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "Look at the cases in the store.",
        discussion: """
            Reading never delays the workers.

            Example:
              refund-worker cases list --status attention --status in_review
              refund-worker cases show rr-1042
            """,
        subcommands: [CasesListCommand.self, CasesShowCommand.self])
}
