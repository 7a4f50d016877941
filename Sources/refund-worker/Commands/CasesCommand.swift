import ArgumentParser

/// `refund-worker cases`
struct CasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "Look at the cases, and say what people decide about them.",
        discussion: """
            Reading never delays the workers. What is said about a case goes to the workers as a message.

            Example:
              refund-worker cases list --status attention --status in_review
              refund-worker cases show rr-1042
              refund-worker cases retry rr-1042 --note "the payout system is back"
            """,
        subcommands: [
            CasesListCommand.self, CasesShowCommand.self, CasesParkedCommand.self, CasesReviewCommand.self,
            CasesWithdrawCommand.self, CasesRetryCommand.self, CasesArchiveCommand.self,
        ])
}
