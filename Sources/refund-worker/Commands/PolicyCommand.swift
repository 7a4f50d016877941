import ArgumentParser
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker policy`
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Print the policy in force, or what holds for a request, or check a policy file.",
        discussion: """
            What it prints is a policy file itself: a good start for one's own. With --for it is the version that \
            judges a request, with what its terms change for that request; a late return that counts as a cancellation \
            has the terms of one. With --check, exit code 3 means that the file is wrong.

            Example:
              refund-worker policy > policy.yaml
              refund-worker policy --check policy.yaml
              refund-worker policy --for request.json
            """)

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions
    @Option(
        help: ArgumentHelp("Read this file and say whether it is right.", valueName: "FILE"), completion: .file())
    var check: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "Print what holds for the refund.requested in this file (- is standard input).", valueName: "FILE"),
        completion: .file())
    var requestFile: String?

    func validate() throws {
        guard check == nil || requestFile == nil else {
            throw ValidationError("--check and --for are two questions; ask one of them.")
        }
    }

    func run() throws {
        if let requestFile {
            try showTerms(for: requestFile)
        } else if let check {
            try show(checked(check), file: check)
        } else {
            let settings = try configuration.read(policy.flags)
            let policy = try openPolicy(settings)
            if output.isJSON { show(policy, file: settings.policyFile) } else { Output.text(policy.yaml) }
        }
    }

    /// Prints the version that judges the request in a file, as a policy file of its own.
    private func showTerms(for path: String) throws {
        let policy = try openPolicy(try configuration.read(self.policy.flags))
        let input = try MessageInput(path: path)
        var stream = MessageStream()
        while case let bytes = try input.read(), !bytes.isEmpty { stream.append(bytes) }
        stream.finish()
        guard let item = stream.next() else {
            throw EarlyEnd(.no, "\(input.name): there is no request in it; give one refund.requested as JSON")
        }
        guard stream.next() == nil else {
            throw EarlyEnd(.no, "\(input.name): there is more than one request in it; give them one by one")
        }
        do throws(DeadLetterReason) {
            guard case .message(let body, _) = item else {
                if case .unreadable(let reason, _) = item { throw reason }
                return
            }
            let (request, version) = try Evaluation(policy: policy, now: nil).terms(for: body)
            show(version, for: request)
        } catch {
            throw EarlyEnd(.no, "\(input.name): \(error.code): \(error.detail)")
        }
    }

    private func show(_ version: PolicyVersion, for request: RefundRequest) {
        let yaml = Policy(only: version).yaml
        guard output.isJSON else {
            Output.text("# What holds for \(request.id): \(version.title)\n" + yaml)
            return
        }
        Output.json { writer in
            writer.string("request_id", request.id.text)
            writer.string("name", version.name)
            writer.string("version", version.version)
            writer.string("terms", ifPresent: version.termsName)
            writer.string("yaml", yaml)
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
