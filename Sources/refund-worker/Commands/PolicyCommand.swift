import ArgumentParser
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker policy`
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Print the policy in force, or check a policy file.",
        discussion: """
            What it prints is a policy file itself: a good start for one's own. With --check, exit code 3 means that \
            the file is wrong.

            Example:
              refund-worker policy > policy.yaml
              refund-worker policy --check policy.yaml
            """)

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions
    @Option(
        help: ArgumentHelp("Read this file and say whether it is right.", valueName: "FILE"), completion: .file())
    var check: String?

    func run() throws {
        if let check {
            try show(checked(check), file: check)
        } else {
            let settings = try configuration.read(policy.flags)
            let policy = try openPolicy(settings)
            if output.isJSON { show(policy, file: settings.policyFile) } else { Output.text(policy.yaml) }
        }
    }

    private func checked(_ path: String) throws -> Policy {
        do {
            return try openPolicy(path)
        } catch let error as PolicyError {
            guard output.isJSON else { throw EarlyEnd(.no, "\(error)") }
            Output.json { writer in
                writer.string("file", path)
                writer.boolean("valid", false)
                writer.string("problem", "\(error)")
            }
            throw EarlyEnd(.no)
        }
    }

    private func show(_ policy: Policy, file: String?) {
        guard output.isJSON else {
            let count = policy.versions.count
            Output.line("valid: \(policy.name), \(count) version\(count == 1 ? "" : "s")")
            return
        }
        Output.json { writer in
            writer.string("file", ifPresent: file)
            writer.boolean("valid", true)
            writer.string("name", policy.name)
            writer.name("versions")
            writer.beginArray()
            for version in policy.versions { writer.string(version.version) }
            writer.endArray()
            writer.string("yaml", policy.yaml)
        }
    }
}
