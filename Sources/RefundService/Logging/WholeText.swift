internal import Glibc

/// Writes all of a text, unbuffered and in as few calls as the system allows. What can't be written (a full disk, a reader
/// that has gone) is left out: output must not end a program (Foundation's `FileHandle.write` traps).
///
/// - Returns: whether all of it was written.
@discardableResult
public func writeWhole(_ text: String, to fileDescriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(fileDescriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // Another process that has the same pipe or terminal has made it so that writes don't wait.
                var place = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&place, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
