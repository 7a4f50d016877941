internal import Glibc

/// Writes all of a text, unbuffered and in as few calls as the system allows. What can't be written (a full disk, a reader
/// that has gone) is left out: output must not end a program (Foundation's `FileHandle.write` traps).
public func writeWhole(_ text: String, to fileDescriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(fileDescriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                return
            }
        }
    }
}
