//! How much a file may make the program allocate.

/// How much memory a file may take: a few megabytes of gzip, or a header of a few bytes, can ask for all there is.
///
/// Two limits: the bytes of a file, unpacked (1 GiB unless set), and the memory of what is made of it, such as the columns of a
/// table or the pixels of pictures (4 GiB unless set). What would go beyond is an error that names the limit and what came.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::Limits;
///
/// let large = Limits::new().file_bytes(8 << 30).memory_bytes(32 << 30);
/// assert_eq!(large.file(), 8 << 30);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    file: u64,
    memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl Limits {
    /// 1 GiB for a file, unpacked, and 4 GiB for what is made of it.
    pub const fn new() -> Self {
        Self {
            file: 1 << 30,
            memory: 4 << 30,
        }
    }

    /// No limits: for files that you made yourself.
    pub const fn none() -> Self {
        Self {
            file: u64::MAX,
            memory: u64::MAX,
        }
    }

    /// The most bytes that a file may have, after unpacking if it is gzipped.
    pub const fn file_bytes(mut self, bytes: u64) -> Self {
        self.file = bytes;
        self
    }

    /// The most bytes of memory that what is made of a file may take.
    pub const fn memory_bytes(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// The limit of a file's bytes, unpacked.
    pub const fn file(&self) -> u64 {
        self.file
    }

    /// The limit of the memory that what is made of a file takes.
    pub const fn memory(&self) -> u64 {
        self.memory
    }
}
