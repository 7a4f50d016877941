internal import CBuildRecord

/// Which version of the worker this is, and what it was built from.
public struct BuildInformation: Hashable, Sendable {
    /// The version, such as `0.9.0`.
    public var version: String
    /// The commit, such as `1a2b3c4d`, with `-modified` behind it where files were changed since; `nil` where the build
    /// recorded none, as a plain `swift build` does.
    public var commit: String?
    /// The day it was built, such as `2026-11-24`, in UTC.
    public var date: String?
    /// The compiler's version, such as `6.3.1`.
    public var swift: String?

    public init(version: String, commit: String? = nil, date: String? = nil, swift: String? = nil) {
        self.version = version
        self.commit = commit
        self.date = date
        self.swift = swift
    }

    /// Of the program that is running.
    public static var current: BuildInformation {
        BuildInformation(
            version: "0.9.0", commit: recorded(build_record_commit()), date: recorded(build_record_date()),
            swift: recorded(build_record_swift()))
    }

    private static func recorded(_ text: UnsafePointer<CChar>?) -> String? {
        text.map { String(cString: $0) }
    }
}

extension BuildInformation: CustomStringConvertible {
    /// Such as `0.9.0 (1a2b3c4d, built 2026-11-24, Swift 6.3.1)`.
    public var description: String {
        let parts = [commit ?? "no commit recorded", date.map { "built \($0)" }, swift.map { "Swift \($0)" }]
        return "\(version) (\(parts.compactMap(\.self).joined(separator: ", ")))"
    }
}
