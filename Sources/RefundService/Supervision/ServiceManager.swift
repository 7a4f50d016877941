internal import Foundation
internal import RefundPolicy

/// The service manager that has started this process, such as systemd, and hears of its state over a datagram socket
/// (sd_notify(3), sd_watchdog_enabled(3)).
struct ServiceManager: Hashable, Sendable {
    /// What it can be told.
    enum State: Hashable, Sendable {
        case ready, alive, stopping
        /// The start goes on, for up to that long from now.
        case starting(Duration)

        var text: String {
            switch self {
            case .ready: "READY=1"
            case .alive: "WATCHDOG=1"
            case .stopping: "STOPPING=1"
            case .starting(let time): "EXTEND_TIMEOUT_USEC=\(time.microseconds)"
            }
        }
    }

    /// The socket's name: a path, or in Linux's abstract namespace, where the first byte is 0.
    private let address: [UInt8]
    /// Within which time it must hear again that the process is alive; `nil` where it does not watch.
    let watchdog: Duration?

    /// - Parameters:
    ///   - environment: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID count.
    ///   - processID: whom a WATCHDOG_PID must name; the variables may have been inherited from another process.
    /// - Returns: `nil` when nobody listens.
    init?(environment: [String: String], processID: Int32) {
        guard let name = environment["NOTIFY_SOCKET"], name.utf8.count > 1,
            name.utf8.count < ServiceManager.longestAddress, name.hasPrefix("/") || name.hasPrefix("@")
        else { return nil }
        address = name.hasPrefix("@") ? [0] + name.utf8.dropFirst() : Array(name.utf8)
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(processID)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdog = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Bytes of `sockaddr_un.sun_path`.
    private static let longestAddress = 108

    /// Tells it, without waiting.
    ///
    /// - Returns: whether it was taken. There is nobody to complain to where it was not: the manager acts by itself on
    ///   what it does not hear.
    @discardableResult
    func tell(_ state: State) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        let length = MemoryLayout<sa_family_t>.size + address.count
        let text = Array(state.text.utf8)
        let sent = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, socklen_t(length))
            }
        }
        return sent == text.count
    }
}
