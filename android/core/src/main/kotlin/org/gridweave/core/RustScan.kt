package org.gridweave.core

import org.gridweave.ffi.scanFrame

/** Reads the first code off a frame of a camera: a byte a pixel, rows [rowStride] bytes apart. None where there is none. Blocking. */
fun scan(luma: ByteArray, width: Int, height: Int, rowStride: Int): String? =
    translated { scanFrame(luma, width.toUInt(), height.toUInt(), rowStride.toUInt())?.text }
