internal import Glibc

/// Lets other threads wake one that waits in poll(2): a pipe that is readable once something happened.
///
/// Sendable: the descriptors never change, and the kernel makes reads and writes of one byte atomic.
final class WakeUp: Sendable {
    /// Readable from a signal until it is cleared.
    let fileDescriptor: Int32
    private let writingEnd: Int32

    /// `nil` when the process has no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (fileDescriptor, writingEnd) = (ends[0], ends[1])
    }

    deinit {
        close(fileDescriptor)
        close(writingEnd)
    }

    /// Makes the descriptor readable. Cheap, and harmless when it is readable already: a full pipe wakes as well.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writingEnd, &byte, 1)
    }

    /// Makes the descriptor unreadable until the next signal.
    func clear() {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while withUnsafeMutableBytes(of: &bytes, { read(fileDescriptor, $0.baseAddress, $0.count) }) == 32 {}
    }
}
