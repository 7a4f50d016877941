import ArgumentParser
import Foundation
import Logging
import RefundService

/// Asking for what is masked.
struct UnmaskOptions: ParsableArguments {
    @Flag(
        name: .customLong("unmask"),
        help: "Show contacts, tokens and what else is masked. The asking is logged with your name, here and in syslog.")
    var isUnmasked = false

    /// Says who looks at what, where that was asked for; before it is shown.
    ///
    /// - Parameter what: the command with what it is about.
    func record(_ what: String, settings: LogSettings) {
        guard isUnmasked else { return }
        let by = ActionOptions.name(nil)
        // Whatever the log's level is: who looks is always told.
        LineLog.logger("unmask", settings: LogSettings(level: .notice, format: settings.format)).notice(
            "what is masked was shown", metadata: ["by": "\(by)", "what": "\(what)"])
        StandardError.finish()
        SystemLog.notice("refund-worker: what is masked was shown by=\(by) uid=\(getuid()) what=\(what)")
    }
}
