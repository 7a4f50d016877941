import Foundation
import RefundService

/// The program that is measured: `refund-worker run`, started as operators start it.
struct WorkerProgram: Sendable {
    /// This very program.
    static let executable = "/proc/self/exe"

    /// What the bench was started with, settings included; broker settings given as flags are in it by now.
    let environment: [String: String]
    let prefix: String
    let folder: URL

    /// Starts a worker.
    ///
    /// - Parameters:
    ///   - store: a `store.url`.
    ///   - batch, lanes: `nil` for what the settings say by themselves.
    func start(store: String, lanes: Int? = nil, batch: Int? = nil) throws -> ChildProcess {
        var environment = environment
        environment[SettingName.amqpPrefix.environmentVariable] = prefix
        environment[SettingName.storeURL.environmentVariable] = store
        environment[SettingName.workerLanes.environmentVariable] = "\(lanes ?? 1)"
        environment[SettingName.httpPort.environmentVariable] = "\(WorkerProgram.freePort())"
        if store.hasPrefix("postgresql") || store.hasPrefix("postgres:") {
            _ = try Settings.read(flags: [.storeURL: store], environment: [:]).store.create(expected: nil)
        }
        if let batch { environment[SettingName.workerBatch.environmentVariable] = "\(batch)" }
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: WorkerProgram.executable)
        return try ChildProcess(
            name: "worker", executable: executable, arguments: ["run"], environment: environment, folder: folder)
    }

    /// A port of loopback that nobody listens on just now.
    private static func freePort() -> UInt16 {
        let standard: UInt16 = 8_080
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return standard }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
            }
        }
        return status == 0 ? UInt16(bigEndian: address.sin_port) : standard
    }
}
