import ArgumentParser

/// `refund-worker completions`, for all the commands below `Root`.
struct CompletionsCommand<Root: ParsableCommand>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "completions", abstract: "Print what lets a shell complete this command's words.",
            discussion: """
                The Debian package installs it for all three. Elsewhere it goes where the shell looks for it.

                Example:
                  refund-worker completions bash > ~/.local/share/bash-completion/completions/refund-worker
                  refund-worker completions zsh > ~/.zfunc/_refund-worker    # with ~/.zfunc in fpath, before compinit
                  refund-worker completions fish > ~/.config/fish/completions/refund-worker.fish
                """)
    }

    /// The shells that ArgumentParser writes completions for.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var kind: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: ArgumentHelp("The shell.", valueName: "shell")) var shell: Shell

    func run() {
        Output.text(Root.completionScript(for: shell.kind))
    }
}
