/// Which build this is: what `--version`, `/version` and the metric `refund_worker_build_info` tell.
public enum BuildVersion {
    public static let number = "0.1.0"
    /// The commit that it was built from; `nil` for a build of a working tree.
    public static let commit: String? = nil

    /// Such as `0.1.0` or `0.1.0 (3f2a9c1)`.
    public static var text: String { commit.map { "\(number) (\($0))" } ?? number }
}
