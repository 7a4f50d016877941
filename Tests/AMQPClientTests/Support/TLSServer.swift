import Foundation
import Testing

/// OpenSSL's own server on loopback, with a certificate for the common name `localhost` that signs itself. It speaks TLS and
/// nothing else.
final class TLSServer {
    let port: UInt16
    let certificate: String
    private let directory: URL
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()

    /// - Parameter alternativeName: the certificate's DNS name; `nil` for none.
    init(alternativeName: String?) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificate = directory.appending(path: "certificate.pem").path
        let key = directory.appending(path: "key.pem")
        let making = Process()
        making.executableURL = URL(filePath: "/usr/bin/openssl")
        making.arguments =
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", key.path, "-out", certificate,
            ] + (alternativeName.map { ["-addext", "subjectAltName=DNS:\($0)"] } ?? [])
        making.standardError = FileHandle.nullDevice
        try making.run()
        making.waitUntilExit()
        try #require(making.terminationStatus == 0)
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key.path, "-naccept", "1",
        ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var told = ""
        var port: UInt16?
        while port == nil {
            let bytes = output.fileHandleForReading.availableData
            try #require(!bytes.isEmpty, "it tells its port: \(told)")
            told += String(decoding: bytes, as: UTF8.self)
            // ACCEPT 127.0.0.1:40123
            let lines = told.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            port = lines.first { $0.hasPrefix("ACCEPT") }?.split(separator: ":").last.flatMap { UInt16($0) }
        }
        self.port = try #require(port)
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }
}
