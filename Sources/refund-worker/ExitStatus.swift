import ArgumentParser
import Foundation
import RefundPolicy
import RefundService

/// How the process ends (contract § 6).
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    /// Wrong usage or configuration.
    case wrongUse = 2
    /// A check found something, or nothing was found.
    case no = 3

    /// Tells what went wrong, or what help was asked for, and ends the process.
    ///
    /// - Parameter command: the whole program's, which knows the help.
    static func end(with error: any Error, of command: any ParsableCommand.Type) -> Never {
        if let ended = error as? EarlyEnd {
            if let message = ended.message { Output.problem(message) }
            StandardError.finish()
            exit(ended.status.rawValue)
        }
        let status = ExitStatus(error, of: command)
        if status == .failed || isOurs(error) {
            // Lines of its own has only what we list ourselves: nothing that the broker or a store says makes another.
            let isList = isOurs(error) || error is BrokerUnreachable
            if isList { Output.problem("\(error)") } else { Output.problemLine("refund-worker: \(error)") }
        } else {
            let message = withoutCredentials(command.fullMessage(for: error))
            if status == .done { Output.text(message) } else { Output.problemText(message) }
        }
        StandardError.finish()
        exit(status.rawValue)
    }

    /// An argument that stands in the wrong place is quoted, and may be a URL with its password.
    private static func withoutCredentials(_ message: String) -> String {
        message.replacing(/:\/\/[^'\n]*@[^'\n]*/, with: "://…")
    }

    private init(_ error: any Error, of command: any ParsableCommand.Type) {
        if ExitStatus.isOurs(error) {
            self = .wrongUse
            return
        }
        // ArgumentParser ends with 64 (EX_USAGE) for wrong usage.
        switch command.exitCode(for: error) {
        case .success: self = .done
        case .validationFailure: self = .wrongUse
        default: self = .failed
        }
    }

    /// Wrong settings, a wrong policy and files that are not there are wrong configuration.
    private static func isOurs(_ error: any Error) -> Bool {
        error is SettingsError || error is PolicyError || error is ChangedPolicyError || error is MessageInputError
    }
}

/// Ends a command with another status than 0, after it has printed what it had to say.
struct EarlyEnd: Error {
    let status: ExitStatus
    let message: String?

    init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }
}
