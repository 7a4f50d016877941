internal import RefundMessages

/// A file that pages need, built into the program.
struct Asset: Sendable {
    let name: String
    let mediaType: String
    let bytes: [UInt8]
    /// Changes with the file, so that browsers keep it for good.
    let version: String

    private init(_ name: String, _ mediaType: String, _ bytes: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
        version = String(Fingerprint(of: bytes).text.prefix(12))
    }

    static let style = Asset("console.css", "text/css; charset=utf-8", PackageResources.console_css)
    static let script = Asset("console.js", "text/javascript; charset=utf-8", PackageResources.console_js)
    static let icon = Asset("icon.svg", "image/svg+xml", PackageResources.icon_svg)
    static let all = [style, script, icon]

    var link: Link { Link("assets", name, query: [("v", version)]) }
}
