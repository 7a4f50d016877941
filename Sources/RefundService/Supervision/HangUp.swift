internal import Foundation
internal import Glibc
internal import Synchronization

/// SIGHUP: asks a program that runs long to read its secrets again, and never ends it.
///
/// By a handler and not by a mask: libdispatch waits on the main thread with no signal blocked.
public enum HangUp {
    /// What SIGHUP did before it was held.
    private static let previous = Mutex<__sighandler_t?>(nil)

    /// Keeps the signal for whoever heeds it. To be called first of all.
    public static func hold() {
        // Made before there is a handler that needs it.
        _ = hangUps
        let before = signal(SIGHUP) { _ in
            let error = errno
            sem_post(hangUps.pointer)
            errno = error
        }
        previous.withLock { $0 = before }
    }

    /// Lets the signal do what it did before, for a program that ends soon.
    public static func release() {
        signal(SIGHUP, previous.withLock { $0 })
    }

    /// Reacts to each one from here on, on a thread of its own; one that was held counts.
    static func heed(_ react: @escaping @Sendable () -> Void) {
        let thread = Thread {
            while true {
                if sem_wait(hangUps.pointer) == 0 { react() }
            }
        }
        thread.name = "hang-ups"
        thread.start()
    }
}

/// Counts the signals that came; global, since a signal handler can reach nothing else, and may do little but post.
private let hangUps = HangUpCount()

/// `@unchecked Sendable`: the pointer never changes, and the semaphore behind it is made for many threads.
private final class HangUpCount: @unchecked Sendable {
    let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(pointer, 0, 0)
    }
}
