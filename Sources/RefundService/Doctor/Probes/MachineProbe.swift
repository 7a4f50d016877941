import Foundation
import Glibc

/// Looks at the machine and at this process.
enum MachineProbe {
    static func limits(lanes: Int) -> LimitReading {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        let isEndless = !isKnown || limit.rlim_cur == rlim_t.max
        return LimitReading(openFiles: isEndless ? nil : UInt64(limit.rlim_cur), lanes: lanes)
    }

    /// Whether the clock is kept by NTP, as the service manager tells; `nil` where there is none.
    static func isClockSynchronized() -> Bool? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timedatectl")
        process.arguments = ["show", "--property=NTPSynchronized", "--value"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = (try? output.fileHandleForReading.read(upToCount: 64)).flatMap { $0 } ?? Data()
        process.waitUntilExit()
        return switch String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) {
        case "yes": true
        case "no": false
        default: nil
        }
    }
}
