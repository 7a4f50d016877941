import RefundWorker

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which file it is, whatever name led to it.
struct FileID: Hashable {
    var device: UInt64
    var number: UInt64
}

/// What the file system says of a store's file.
struct FileStanding: Hashable {
    var id: FileID
    /// How many names it has.
    var names: Int
    var bytes: Int64
    /// When it was last written to, in seconds and nanoseconds.
    var writtenAt: [Int]

    /// Of what the path leads to; `nil` when that is nothing.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        id = FileID(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        names = Int(status.st_nlink)
        bytes = Int64(status.st_size)
        #if canImport(Darwin)
            writtenAt = [status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec]
        #else
            writtenAt = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        #endif
    }
}
