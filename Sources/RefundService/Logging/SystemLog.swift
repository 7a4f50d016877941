internal import Foundation
internal import Glibc
internal import RefundMessages

/// The machine's own log (syslog), for what must be known to others than whoever runs a command. Where there is none, as in
/// most containers, nothing is said.
public enum SystemLog {
    /// Writes one line, to the facility for security messages.
    public static func notice(_ text: String) {
        withVaList([]) { none in
            // The line is given as the format, so its percent signs are doubled.
            vsyslog(authorization | LOG_NOTICE, VisibleText.line(text).replacing("%", with: "%%"), none)
        }
    }

    /// `LOG_AUTHPRIV`, which is a macro that Swift does not see.
    private static let authorization: Int32 = 10 << 3
}
