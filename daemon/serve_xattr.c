/*
 * Extended attributes, with the errors that overlayfs over EROFS gives. On request, names that occur nowhere in the image
 * are answered as a file system answers that has no such attributes at all; programs then stop asking.
 *
 * Error:  names of trusted attributes are listed for user 0 only; the kernel would ask for a capability, which the
 *         protocol does not carry. Reading their values is checked by the kernel itself.
 */
#include <errno.h>
#include <string.h>

#include "nodes.h"
#include "xattr.h"

static bool is_acl(const char *name)
{
	return strcmp(name, "system.posix_acl_access") == 0 || strcmp(name, "system.posix_acl_default") == 0;
}

/* What to say when a name is not there: names outside of the known families are not attributes at all. */
static int absent(const struct server *server, const char *name)
{
	static const char *const families[] = { "trusted.overlay.", "user.", "trusted.", "security." };

	for (size_t i = server->view == VIEW_MERGED ? 0 : 1; i < sizeof(families) / sizeof(families[0]); i++) {
		size_t bytes = strlen(families[i]);

		if (strncmp(name, families[i], bytes) == 0)
			return name[bytes] == 0 ? -EINVAL : -ENODATA;
	}
	return is_acl(name) ? -ENODATA : -EOPNOTSUPP;
}

/*
 * -ENOSYS: the kernel never asks again. -EOPNOTSUPP: `ls` and its like do not. 0 where the inode has to be looked at.
 * Where the kernel asks for ACLs to check permissions, they must not be unsupported.
 */
static int unsupported(const struct server *server, const char *name)
{
	struct names *names = &server->learned->names;

	if (!server->says_unsupported)
		return 0;
	names_learn(names, &server->image);
	if (!names->any && !server->learned->acls)
		return -ENOSYS;
	if (name == NULL)
		return 0;
	if (is_acl(name) && !names->acl && !server->learned->acls)
		return -EOPNOTSUPP;
	return strcmp(name, "security.selinux") == 0 && !names->selinux ? -EOPNOTSUPP : 0;
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
	err = unsupported(server, name);
	if (err == 0)
		err = node_read(&server->image, request->head->nodeid, &inode);
	if (err == 0)
		err = xattr_find(&server->image, &inode, server->view, name, name_bytes, &found);
	if (err == -ENODATA)
		return absent(server, name);
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
	err = unsupported(server, NULL);
	if (err == 0)
		err = node_read(&server->image, request->head->nodeid, &inode);
	if (err == 0)
		err = xattr_start(&server->image, &inode, server->view, &cursor);
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
