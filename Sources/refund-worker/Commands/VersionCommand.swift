import ArgumentParser
import RefundMessages
import RefundService

/// `refund-worker version`
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the version, and what it was built from.",
        discussion: """
            The same as --version, and with --json for programs. A build by `swift build` alone records no commit; \
            deploy/build, the Debian package and the container image do.

            Example:
              refund-worker version --json
            """)

    @OptionGroup var output: OutputOptions

    func run() {
        let build = BuildInformation.current
        guard output.isJSON else { return Output.line(build.line) }
        Output.json { writer in
            writer.string("version", build.version)
            writer.string("commit", ifPresent: build.commit)
            writer.string("built", ifPresent: build.date)
            writer.string("swift", ifPresent: build.swift)
        }
    }
}

extension BuildInformation {
    /// Such as `refund-worker 0.9.0 (1a2b3c4d, built 2026-11-24, Swift 6.3.1)`.
    var line: String { "refund-worker \(self)" }
}
