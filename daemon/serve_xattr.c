/*
 * Extended attributes, with the errors that overlayfs over EROFS gives.
 *
 * Error:  names of trusted attributes are listed for user 0 only; the kernel would ask for a capability, which the
 *         protocol does not carry. Reading their values is checked by the kernel itself.
 */
#include <errno.h>
#include <string.h>

#include "nodes.h"
#include "xattr.h"

/* What to say when a name is not there: names outside of the known families are not attributes at all. */
static int absent(const char *name)
{
	static const char *const families[] = { "trusted.overlay.", "user.", "trusted.", "security." };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		size_t bytes = strlen(families[i]);

		if (strncmp(name, families[i], bytes) == 0)
			return name[bytes] == 0 ? -EINVAL : -ENODATA;
	}
	if (strcmp(name, "system.posix_acl_access") == 0 || strcmp(name, "system.posix_acl_default") == 0)
		return -ENODATA;
	return -EOPNOTSUPP;
}

/* The answer to a call that may ask for the size first. */
static int answer(struct reply *reply, uint32_t wanted_bytes, uint32_t bytes)
{
	struct fuse_getxattr_out out = { .size = bytes };

	if (wanted_bytes == 0) {
		memcpy(reply->body, &out, sizeof(out));
		return sizeof(out);
	}
	return bytes > wanted_bytes ? -ERANGE : (int)bytes;
}

int serve_getxattr(const struct server *server, const struct request *request, struct reply *reply)
{
	struct fuse_getxattr_in in;
	struct inode inode;
	struct xattr found;
	uint32_t name_bytes;
	const char *name = request_name(request, sizeof(in), &name_bytes);
	int err;

	if (name == NULL)
		return -EINVAL;
	memcpy(&in, request->body, sizeof(in));
	err = node_read(&server->image, request->head->nodeid, &inode);
	if (err == 0)
		err = xattr_find(&server->image, &inode, name, name_bytes, &found);
	if (err == -ENODATA)
		return absent(name);
	if (err != 0)
		return err;
	memcpy(reply->body, found.value, found.value_bytes);
	return answer(reply, in.size, found.value_bytes);
}

int serve_listxattr(const struct server *server, const struct request *request, struct reply *reply)
{
	bool trusted = server->lists_trusted && request->head->uid == 0;
	struct fuse_getxattr_in in;
	struct xattr_cursor cursor;
	struct xattr found;
	struct inode inode;
	uint32_t used_bytes = 0;
	int err;

	if (request_head(request, sizeof(in)) == NULL)
		return -EINVAL;
	memcpy(&in, request->body, sizeof(in));
	err = node_read(&server->image, request->head->nodeid, &inode);
	if (err == 0)
		err = xattr_start(&server->image, &inode, &cursor);
	while (err == 0 && (err = xattr_next_shown(&cursor, &found)) == 0) {
		uint8_t *at = reply->body + used_bytes;

		if (xattr_is_trusted(&found) && !trusted)
			continue;
		if (found.prefix_bytes + found.suffix_bytes + 1 > reply->room_bytes - used_bytes)
			return -E2BIG;
		memcpy(at, found.prefix, found.prefix_bytes);
		memcpy(at + found.prefix_bytes, found.suffix, found.suffix_bytes);
		at[found.prefix_bytes + found.suffix_bytes] = 0;
		used_bytes += found.prefix_bytes + found.suffix_bytes + 1;
	}
	return err == -ENODATA ? answer(reply, in.size, used_bytes) : err;
}
