internal import Foundation
internal import RefundMessages
internal import RefundService

/// The text that lets people in, of which only the digest is kept.
struct AccessToken: Hashable, Sendable {
    private let digest: Fingerprint

    static let sizes = 16...4_096
    /// Fewer different bytes are no secret, however long.
    private static let leastDifferent = 8

    init(_ text: String) {
        digest = Fingerprint(of: Array(text.utf8))
    }

    /// Reads the token's file; white space around the text does not count.
    ///
    /// - Throws: `SettingsError` when it can't be read, or is too short to keep anyone out.
    init(file path: String) throws(SettingsError) {
        let text = FileManager.default.contents(atPath: path).flatMap { String(validating: $0, as: UTF8.self) }?.trimmed
        guard let text, AccessToken.sizes.contains(text.utf8.count),
            Set(text.utf8).count >= AccessToken.leastDifferent
        else {
            throw SettingsError(problems: [
                "\(path) (console.token): must hold a text of \(AccessToken.sizes.lowerBound) to "
                    + "\(AccessToken.sizes.upperBound) bytes that nobody can guess; make one with: "
                    + "umask 077; head -c 32 /dev/urandom | base64 > FILE"
            ])
        }
        self.init(text)
    }

    /// Compares digests, so that the time it takes tells nothing about the token.
    func isSame(as text: String) -> Bool {
        Fingerprint(of: Array(text.utf8)) == digest
    }
}
